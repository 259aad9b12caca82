// The modelling code of every family; in the app it comes with the full catalog.
import "#calc/families/all-families.ts";
