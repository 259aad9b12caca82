#!/bin/sh
# hosting/s3.sh DIST BUCKET[/PATH]: brings a built page to S3 with the AWS CLI, each file with the cache that it may have. What the page names is there
# before the page; the assets of the version before stay, for tabs that are open. `aws s3 sync` passes over what is there already.
set -eu
dist=$1
to="s3://$2"

aws s3 sync "$dist/assets" "$to/assets" --cache-control "public, max-age=31536000, immutable"
aws s3 sync "$dist" "$to" --exclude "assets/*" --exclude "*.webmanifest" --exclude "*.md" --exclude "*.d.ts" --exclude "index.html" --cache-control no-cache
aws s3 cp "$dist/manifest.webmanifest" "$to/" --content-type application/manifest+json --cache-control no-cache
aws s3 cp "$dist/licences.md" "$to/" --content-type "text/markdown; charset=utf-8" --cache-control no-cache
aws s3 cp "$dist/embed.d.ts" "$to/" --content-type "text/plain; charset=utf-8" --cache-control no-cache
aws s3 cp "$dist/index.html" "$to/" --content-type "text/html; charset=utf-8" --cache-control no-cache
