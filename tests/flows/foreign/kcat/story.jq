# Reads all records, checks their places, and tells the problems and the story of $matter.
# The arguments are the topics that were read.

def department: .source | split("/")[2];

# The matters that links join to the given ones.
def joined($links):
  . as $known
  | (. + [$links[] | select(any(.[]; . as $one | $known | index($one))) | .[]] | unique) as $more
  | if ($more | length) == length then . else $more | joined($links) end;

([$contract[0].channels[] | {key: .address, value: .messages}] | from_entries) as $messages
| reduce .[] as $record ({seen: {}, closed: {}, stopped: {}, problems: [], facts: []};
    "\($record.topic)/\($record.partition)" as $place
    | $record.event as $event
    | ($record | {topic, partition, offset}) as $at
    | (if $event.partitionsequence then $event.partitionsequence | tonumber else null end) as $found
    | ((.seen[$place] // 0) + 1) as $expected
    | if .stopped[$place] then .
      elif $found and $found < $expected then
        .problems += [{problem: "repeat"} + $at + {found: $found}]
      elif $found and $found > $expected then
        .stopped[$place] = true
        | .problems += [{problem: "hole"} + $at + {expected: $expected, found: $found}]
      else
        (if $found then .seen[$place] = $found else . end)
        | if $messages[$record.topic] | has($event.type) | not then
            .problems += [{problem: "type"} + $at + {type: $event.type}]
          elif $record.fields then
            .problems += [{problem: "schema"} + $at + {fields: $record.fields}]
          else
            .facts += [$event]
            | if $event.type == "control.closed.v1" then
                reduce ($event.data.topics | paths(strings)) as $at (.;
                  ($at | join("/")) as $place
                  | .closed[$place] = ([.closed[$place] // 0, ($event.data.topics | getpath($at) | tonumber)] | max))
              else . end
          end
      end)
| reduce (.closed | to_entries[]) as {key: $place, value: $last} (.;
    ($place | split("/")) as [$topic, $partition]
    | (.seen[$place] // 0) as $found
    | if $found < $last and (.stopped[$place] | not) and any($ARGS.positional[]; . == $topic) then
        .stopped[$place] = true
        | .problems += [{problem: "cut", $topic, partition: ($partition | tonumber), closed: $last, $found}]
      else . end)
| .facts as $facts
| [$facts[] | select(.type == "fact.corrected.v1" and .data.kind == "VOID") | .data.target_event_id] as $void
| [$facts[] | select(.type == "matter.linked.v1") | select(.id as $id | $void | index($id) | not)
    | [.data.one, .data.other]] as $links
| ([$matter] | joined($links)) as $case
| .problems[],
  (if .stopped == {} then
    [$facts[] | select(.matter as $one | $case | index($one))]
    | sort_by(.recorded, department, (.sequence | tonumber))[]
    | {stamp: .recorded, department: department, sequence: (.sequence | tonumber), type, subject}
  else empty end),
  (if .stopped != {} then "" | halt_error(4)
  elif any(.problems[]; .problem != "repeat") then "" | halt_error(3)
  else empty end)
