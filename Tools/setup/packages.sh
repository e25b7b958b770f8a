#!/usr/bin/env bash
# Installs what is missing: `packages.sh build` for building, `packages.sh test` for the checks as well.
# As root on Debian it installs; otherwise it prints the command and stops.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

# What to look for, and the package that brings it.
case $(uname -s) in
Darwin)
    build="zstd.h:zstd pcre2.h:pcre2"
    test="tshark:wireshark zstd:zstd"
    headers=$(brew --prefix 2> /dev/null || echo /usr/local)/include
    ;;
*)
    build="zlib.h:zlib1g-dev zstd.h:libzstd-dev pcre2.h:libpcre2-dev"
    test="tshark:tshark zstd:zstd ip:iproute2 nft:nftables"
    headers=/usr/include
    ;;
esac

case ${1:-} in
build) needs=$build ;;
test) needs="$build $test" ;;
*)
    echo "usage: packages.sh build|test" >&2
    exit 64
    ;;
esac

for tool in swift python3; do
    if ! command -v "$tool" > /dev/null; then
        echo "$tool is not on the PATH: install it first (Swift 6.3: https://www.swift.org/install)" >&2
        exit 1
    fi
done

missing=""
for need in $needs; do
    case $need in
    *.h:*) [ -e "$headers/${need%:*}" ] || missing="$missing ${need#*:}" ;;
    *) command -v "${need%:*}" > /dev/null || missing="$missing ${need#*:}" ;;
    esac
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if ! command -v apt-get > /dev/null; then
    if command -v brew > /dev/null; then
        echo "Missing packages. Install them and try again: brew install$missing" >&2
    else
        echo "Missing packages (Debian's names). Install them and try again:$missing" >&2
    fi
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "Missing packages. Install them and try again: sudo $install" >&2
    exit 1
fi
echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
# Package lists may be absent or out of date; they are fetched only then.
# shellcheck disable=SC2086
$install || { apt-get update && $install; }
