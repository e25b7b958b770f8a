#!/usr/bin/env bash
# Give a parser random bytes for some seconds, from the committed corpus on; ends with code 1 on a finding.
#
#   Tools/fuzz/fuzz.sh captures|headers|filters|queries|logs SECONDS
#
# What is new goes to .build/fuzz/PARSER; `fuzz.sh merge PARSER` puts the smallest set that reaches as much into
# Tests/Data/corpus/PARSER, which the tests replay.
set -euo pipefail
cd "$(dirname "$0")/../.."

build() {
    ROADBLOCK_FUZZ=build swift build -c release --product fuzz --scratch-path .build/fuzzer --sanitize fuzzer
}

case "${1:-}" in
merge)
    export ROADBLOCK_FUZZ=$2
    build
    corpus=Tests/Data/corpus/$2
    mkdir -p "$corpus" .build/fuzz/merged
    rm -f .build/fuzz/merged/*
    .build/fuzzer/release/fuzz -merge=1 -max_len=4096 .build/fuzz/merged ".build/fuzz/$2" "$corpus"
    rm -f "$corpus"/*
    find .build/fuzz/merged -type f -size -3k | sort | head -60 | xargs -r mv -t "$corpus"
    ;;
captures | headers | filters | queries | logs)
    build
    mkdir -p ".build/fuzz/$1" "Tests/Data/corpus/$1"
    ROADBLOCK_FUZZ=$1 .build/fuzzer/release/fuzz -max_total_time="${2:-60}" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix=".build/fuzz/$1-" ".build/fuzz/$1" "Tests/Data/corpus/$1"
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0"
    exit 64
    ;;
esac
