#!/usr/bin/env bash
# Follows one case on the shared log: kcat, jq, and check.mjs for JSON Schema.
#
#     bash follow.sh CONTRACTS BROKERS DEPARTMENT MATTER
#
# CONTRACTS is the unpacked archive of the contracts. Prints a JSON line for each problem, then
# one for each fact of the case. Ends with 3 where a record did not keep to its contract, with
# 4 and without the story where records are missing.
set -euo pipefail
contracts=$1 brokers=$2 department=$3 matter=$4
here=$(dirname "$0")

mapfile -t topics < <(jq -r --arg department "$department" '
    .channels as $channels
    | .operations[]
    | select(.action == "receive" and .tags[0].name == $department)
    | $channels[.channel["$ref"] | ltrimstr("#/channels/")].address
' "$contracts/asyncapi.json")

kcat -b "$brokers" -G "$department-follow-$(date +%s%N)" -X auto.offset.reset=earliest \
    -J -e -q "${topics[@]}" |
    node "$here/check.mjs" "$contracts" |
    jq -cs --arg matter "$matter" --slurpfile contract "$contracts/asyncapi.json" -f "$here/story.jq"
