import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Follows one case on the shared log: Java, Apache Kafka's client, networknt's JSON Schema.
 *
 * <p>{@code java -cp 'libs/*' Follow.java CONTRACTS DEPARTMENT MATTER}
 *
 * <p>CONTRACTS is the unpacked archive of the contracts. Who reads is told by KAFKA_BROKERS,
 * KAFKA_USER, KAFKA_PASSWORD and KAFKA_CA, the authority's certificate. Prints a JSON line for each
 * problem, then one for each fact of the case. Ends with 3 where a record did not keep to its
 * contract, with 4 and without the story where records are missing.
 */
public class Follow {
    /** Where the schemas are said to be, so that relative references lead to their files. */
    private static final String BASE = "https://contracts.example/";

    private static final String CLOSED = "control.closed.v1";

    private static final String LOGIN = "org.apache.kafka.common.security.scram.ScramLoginModule"
            + " required username=\"%s\" password=\"%s\";";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private final Path folder;
    private final JsonNode contract;
    private final SchemaRegistry registry;
    private final Map<String, Schema> schemas = new HashMap<>();
    private final Map<String, JsonNode> channels = new HashMap<>();
    private final Map<TopicPartition, Long> seen = new HashMap<>();
    private final Map<TopicPartition, Long> closed = new HashMap<>();
    private final Set<TopicPartition> stopped = new HashSet<>();
    private final List<JsonNode> facts = new ArrayList<>();
    private boolean spoilt;

    private Follow(Path folder, String department) {
        this.folder = folder;
        contract = JSON.readTree(read("asyncapi.json"));
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(uri -> uri.startsWith(BASE) ? read(uri.substring(BASE.length())) : null));
        for (JsonNode operation : contract.get("operations")) {
            boolean ours = operation.at("/tags/0/name").asString().equals(department);
            if (ours && operation.get("action").asString().equals("receive")) {
                JsonNode channel = contract.at(operation.at("/channel/$ref").asString().substring(1));
                channels.put(channel.get("address").asString(), channel);
            }
        }
    }

    public static void main(String[] given) {
        Follow follow = new Follow(Path.of(given[0]), given[1]);
        // A closed stamp names what stood on the log before it, so it is read before what it names.
        Map<Boolean, List<String>> topics = follow.channels.keySet().stream()
                .collect(Collectors.partitioningBy(
                        one -> follow.channels.get(one).get("messages").has(CLOSED)));
        try {
            follow.read(topics.get(true));
            follow.read(topics.get(false));
        } catch (KafkaException refused) {
            System.err.println(refused.getMessage());
            System.exit(1);
        }
        follow.findCut();
        if (!follow.stopped.isEmpty()) {
            System.exit(4);
        }
        follow.tell(given[2]);
        System.exit(follow.spoilt ? 3 : 0);
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** Takes every record that is on the topics now, each partition in its order. */
    private void read(List<String> topics) {
        Map<String, String> told = System.getenv();
        String user = told.get("KAFKA_USER");
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", told.get("KAFKA_BROKERS"),
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", LOGIN.formatted(user, told.get("KAFKA_PASSWORD")),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", told.get("KAFKA_CA"),
                "group.id", user + ".follow-" + UUID.randomUUID(),
                "auto.offset.reset", "earliest",
                "enable.auto.commit", false);
        StringDeserializer text = new StringDeserializer();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, text, text)) {
            consumer.subscribe(topics);
            Map<TopicPartition, Long> ends = Map.of();
            do {
                consumer.poll(Duration.ofMillis(200)).forEach(this::take);
                if (ends.isEmpty()) {
                    ends = consumer.endOffsets(consumer.assignment());
                }
            } while (ends.isEmpty()
                    || ends.entrySet().stream().anyMatch(one -> consumer.position(one.getKey()) < one.getValue()));
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        TopicPartition place = new TopicPartition(record.topic(), record.partition());
        if (stopped.contains(place)) {
            return;
        }
        JsonNode event = JSON.readTree(record.value());
        if (event.has("partitionsequence")) {
            long found = Long.parseLong(event.get("partitionsequence").asString());
            long expected = seen.getOrDefault(place, 0L) + 1;
            if (found < expected) {
                say(problem("repeat", record).put("found", found));
                return;
            }
            if (found > expected) {
                say(problem("hole", record).put("expected", expected).put("found", found));
                stopped.add(place);
                return;
            }
            seen.put(place, found);
        }
        String type = event.get("type").asString();
        if (!channels.get(record.topic()).get("messages").has(type)) {
            say(problem("type", record).put("type", type));
            spoilt = true;
            return;
        }
        Set<String> fields = new TreeSet<>();
        for (Error error : schemas.computeIfAbsent(type, this::schema).validate(event)) {
            fields.add(error.getInstanceLocation().toString());
        }
        if (!fields.isEmpty()) {
            ObjectNode told = problem("schema", record);
            fields.forEach(told.putArray("fields")::add);
            say(told);
            spoilt = true;
            return;
        }
        facts.add(event);
        if (type.equals(CLOSED)) {
            event.at("/data/topics").forEachEntry((topic, partitions) -> partitions.forEachEntry(
                    (partition, last) -> closed.merge(
                            new TopicPartition(topic, Integer.parseInt(partition)),
                            Long.parseLong(last.asString()),
                            Math::max)));
        }
    }

    /** Finds the partitions that end before what their publisher said to stand on the log. */
    private void findCut() {
        closed.forEach((place, last) -> {
            long found = seen.getOrDefault(place, 0L);
            if (channels.containsKey(place.topic()) && found < last && stopped.add(place)) {
                say(JSON.createObjectNode()
                        .put("problem", "cut")
                        .put("topic", place.topic())
                        .put("partition", place.partition())
                        .put("closed", last)
                        .put("found", found));
            }
        });
    }

    private Schema schema(String type) {
        JsonNode payload = contract.get("components").get("messages").get(type).get("payload");
        return registry.getSchema(SchemaLocation.of(BASE + type), payload);
    }

    private static ObjectNode problem(String what, ConsumerRecord<?, ?> record) {
        return JSON.createObjectNode()
                .put("problem", what)
                .put("topic", record.topic())
                .put("partition", record.partition())
                .put("offset", record.offset());
    }

    /** Prints the facts of the case and of every case joined to it, in their one order. */
    private void tell(String matter) {
        Set<String> voided = new HashSet<>();
        for (JsonNode fact : facts) {
            if (text(fact, "/type").equals("fact.corrected.v1") && text(fact, "/data/kind").equals("VOID")) {
                voided.add(text(fact, "/data/target_event_id"));
            }
        }
        List<List<String>> links = facts.stream()
                .filter(fact -> text(fact, "/type").equals("matter.linked.v1") && !voided.contains(text(fact, "/id")))
                .map(fact -> List.of(text(fact, "/data/one"), text(fact, "/data/other")))
                .toList();
        Set<String> joined = new HashSet<>(Set.of(matter));
        boolean more;
        do {
            more = false;
            for (List<String> link : links) {
                more |= link.stream().anyMatch(joined::contains) && joined.addAll(link);
            }
        } while (more);
        facts.stream()
                .filter(fact -> joined.contains(text(fact, "/matter")))
                .sorted(Comparator.comparing((JsonNode fact) -> text(fact, "/recorded"))
                        .thenComparing(Follow::department)
                        .thenComparing(fact -> Long.valueOf(text(fact, "/sequence"))))
                .forEach(fact -> say(JSON.createObjectNode()
                        .put("stamp", text(fact, "/recorded"))
                        .put("department", department(fact))
                        .put("sequence", Long.parseLong(text(fact, "/sequence")))
                        .put("type", text(fact, "/type"))
                        .put("subject", text(fact, "/subject"))));
    }

    private static String department(JsonNode fact) {
        return text(fact, "/source").split("/")[2];
    }

    private static String text(JsonNode fact, String pointer) {
        return fact.at(pointer).asString("");
    }

    private static void say(ObjectNode line) {
        OUT.println(JSON.writeValueAsString(line));
    }
}
