/** How far down the window the header reaches, and a little: a part whose top is above this stands at the top. In pixels. */
export const UNDER_HEADER = 140;
