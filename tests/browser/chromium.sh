#!/bin/sh
# A Chromium to look at the page with, and a font with Chinese characters for the machine that tests; both by apt.
set -eu
if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "There is no Chromium: install one, or name it: make test-page CHROMIUM=/path/to/chromium" >&2
  exit 2
fi
as_root=$([ "$(id -u)" = 0 ] || echo sudo)
echo "Installing Chromium and a Chinese font (once) …"
$as_root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei >/dev/null
