# Sourced by ops/demo and ops/test: finds Python, keeps .venv in step with a lock file.
venv="$PWD/.venv"
bin="$venv/bin"
python="$bin/python"

say() {
    if [ -t 2 ]; then printf '\033[1m== %s\033[0m\n' "$*" >&2; else printf '== %s\n' "$*" >&2; fi
}
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3 python; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or later is needed and was not found.
Install it (Debian, Ubuntu: sudo apt-get install python3 python3-venv), or name it: PYTHON=/path/to/python $0"
}

make_venv() {
    local base=$1
    say "making .venv with $("$base" --version)"
    if "$base" -c 'import ensurepip, venv' 2>/dev/null; then
        "$base" -m venv --clear "$venv"
    elif command -v uv >/dev/null; then
        uv venv --quiet --clear --seed --python "$base" "$venv"
    elif "$base" -c 'import pip, venv' 2>/dev/null; then
        "$base" -m venv --clear --without-pip "$venv"
        "$base" -m pip --quiet --python "$python" install pip
    else
        fail "This Python has neither ensurepip nor pip, so no virtual environment can be made.
On Debian or Ubuntu run: sudo apt-get install python3-venv
and start again."
    fi
}

# prepare LOCK: .venv holds what the lock says; nothing is done where it does already.
prepare() {
    local lock="ops/$1" want have
    if [ ! -x "$python" ] || ! "$python" -c '' 2>/dev/null; then
        make_venv "$(find_python)"
    fi
    want=$(cat ops/requirements.lock "$lock" pyproject.toml | cksum)
    have=$(cat "$venv/installed-$1" 2>/dev/null || true)
    if [ "$want" != "$have" ] && [ "$1" = requirements.lock ] \
        && [ "$(cat "$venv/installed-requirements-dev.lock" 2>/dev/null || true)" \
            = "$(cat ops/requirements.lock ops/requirements-dev.lock pyproject.toml | cksum)" ]; then
        return # the development lock holds everything
    fi
    if [ "$want" != "$have" ]; then
        say "installing the locked libraries ($1)"
        "$python" -m pip --quiet --disable-pip-version-check install --require-hashes -r "$lock" \
            || fail "The libraries could not be installed; see the lines above."
        "$python" -m pip --quiet --disable-pip-version-check install --no-deps \
            --no-build-isolation --editable .
        printf '%s' "$want" > "$venv/installed-$1"
    fi
}
