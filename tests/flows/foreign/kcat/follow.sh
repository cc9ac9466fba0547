#!/usr/bin/env bash
# Follows one case on the shared log: kcat, jq, and check.mjs for JSON Schema.
#
#     bash follow.sh CONTRACTS DEPARTMENT MATTER
#
# CONTRACTS is the unpacked archive of the contracts. Who reads is told by KAFKA_BROKERS,
# KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA, the authority's certificate. Prints a JSON line for
# each problem, then one for each fact of the case. Ends with 3 where a record did not keep to its
# contract, with 4 and without the story where records are missing.
set -euo pipefail
contracts=$1 department=$2 matter=$3
here=$(dirname "$0")

# topics true: those of closed stamps; topics false: the others.
topics() {
    jq -r --arg department "$department" --argjson stamps "$1" '
        .channels as $channels
        | .operations[]
        | select(.action == "receive" and .tags[0].name == $department)
        | $channels[.channel["$ref"] | ltrimstr("#/channels/")]
        | select((.messages | has("control.closed.v1")) == $stamps)
        | .address
    ' "$contracts/asyncapi.json"
}
mapfile -t stamps < <(topics true)
mapfile -t others < <(topics false)

# records TOPIC...: every record that is on the topics now, each partition in its order.
records() {
    # A file of settings, so that no list of processes shows the password.
    kcat -F <(
        cat <<END
bootstrap.servers=$KAFKA_BROKERS
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.username=$KAFKA_USER
sasl.password=$KAFKA_PASSWORD
ssl.ca.location=$KAFKA_CA
END
    ) -G "$KAFKA_USER.follow-$(date +%s%N)" -X auto.offset.reset=earliest -J -e -q "$@"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A closed stamp names what stood on the log before it, so it is read before what it names.
records "${stamps[@]}" >"$log"
records "${others[@]}" >>"$log"
node "$here/check.mjs" "$contracts" <"$log" |
    jq -cs --arg matter "$matter" --slurpfile contract "$contracts/asyncapi.json" \
        -f "$here/story.jq" --args -- "${others[@]}"
