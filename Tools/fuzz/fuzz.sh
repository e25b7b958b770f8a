#!/usr/bin/env bash
# Give a parser random bytes for some seconds, from the committed corpus on; ends with code 1 on a finding.
#
#   Tools/fuzz/fuzz.sh captures|headers|filters|queries|logs SECONDS
#
# What is new goes to .build/fuzz/PARSER; `fuzz.sh merge PARSER` puts the sixty inputs that reach the most together into
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
    merged=.build/fuzz/merged
    mkdir -p "$corpus" "$merged"
    rm -f "$merged"/* "$merged.control"
    .build/fuzzer/release/fuzz -set_cover_merge=1 -merge_control_file="$merged.control" -max_len=4096 "$merged" \
        ".build/fuzz/$2" "$corpus"
    rm -f "$merged"/*
    Tools/fuzz/choose.py "$merged.control" 60 3000 | xargs -r cp -t "$merged"
    rm -f "$corpus"/*
    mv -t "$corpus" "$merged"/*
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
