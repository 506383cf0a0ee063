# Read by the other scripts: finding a Python, and filling an environment once.
# POSIX sh. Sets nothing but functions; `root` must be set to the tree's folder.

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# The first Python that is new enough, by name; its own words if none is.
find_python() {
    for name in python3.11 python3.12 python3.13 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    fail "Python 3.11 or newer is needed, and none of python3.11, python3.12, python3.13, python3 is. Debian and Ubuntu: apt-get install python3.11 python3.11-venv"
}

# make_environment FOLDER: an empty virtual environment, whole or not there.
make_environment() {
    [ -x "$1/bin/python" ] && [ -x "$1/bin/pip" ] && return 0
    python=$(find_python) || exit 1
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        fail "$python cannot make environments: its modules venv and ensurepip are missing. Debian and Ubuntu: apt-get install $python-venv"
    rm -rf "$1"
    "$python" -m venv "$1" >&2 || fail "Cannot make the environment $1"
}

# sum_of FILE: what changes when the file does.
sum_of() {
    "$1/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$2"
}

# install FOLDER FILE: what FILE pins, unless this very text was installed last.
install() {
    stamp=$1/.installed
    wanted=$(sum_of "$1" "$2") || exit 1
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
    printf 'Installing %s into %s (once) ...\n' "$(basename "$2")" "$(basename "$1")" >&2
    rm -f "$stamp"
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_WARN_SCRIPT_LOCATION=1 PIP_ROOT_USER_ACTION=ignore \
        PIP_NO_INPUT=1 "$1/bin/python" -m pip install -qq --require-hashes -r "$2" >&2 ||
        fail "Installing $2 failed; the lines above say why"
    printf '%s\n' "$wanted" >"$stamp"
}
