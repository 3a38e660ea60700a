# Chromium for the browser tests, from Debian's packages where we may install them; without it those tests are skipped.
if command -v chromium >/dev/null; then exit 0; fi

if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo -n"
else as_root="none"
fi

if ! command -v apt-get >/dev/null || [ "$as_root" = none ]; then
  echo "No chromium here and no way to install it: the browser tests will be skipped." >&2
  exit 0
fi

echo "Installing chromium for the browser tests"
install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; }
install || { $as_root apt-get update -qq && install; } ||
  echo "chromium could not be installed: the browser tests will be skipped." >&2
