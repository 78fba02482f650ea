#!/bin/sh
# Install what the tests use from outside Python, where it is missing and we may: as root on
# Debian. Elsewhere the tests that need it are skipped and say so.
set -eu

missing=""
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    missing="$missing postgresql"
fi
if [ -z "${WUGONG_CHROMIUM:-}" ] && ! command -v chromium >/dev/null \
    && ! command -v chromium-browser >/dev/null && ! command -v google-chrome-stable >/dev/null \
    && ! command -v google-chrome >/dev/null; then
    missing="$missing chromium"
fi
if [ -z "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; then
    missing="$missing fontconfig fonts-noto-cjk"
fi
command -v strace >/dev/null || missing="$missing strace"

[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed:$missing; the tests that need them are skipped" >&2
    exit 0
fi
echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update || true
# shellcheck disable=SC2086  # a list of packages
apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $missing \
    || echo "could not install:$missing; the tests that need them are skipped" >&2
