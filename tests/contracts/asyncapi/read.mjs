// Reads an AsyncAPI document with the project's own parser, references and all.
//
//   node read.mjs FILE
//
// Prints as JSON what the parser has to say (0: error, 1: warning, 2 and 3: notes) and what it
// understood: each channel's messages and bindings, each operation's action and channel.
import { readFileSync } from "node:fs";
import { Parser, fromFile } from "@asyncapi/parser";

const [file] = process.argv.slice(2);
const { document, diagnostics } = await fromFile(new Parser(), file).parse();
const told = {
  diagnostics: diagnostics.map(({ severity, code, message, path }) => ({
    severity, code, message, path: path.join("/"),
  })),
};
if (document) {
  told.version = document.version();
  told.channels = Object.fromEntries(document.allChannels().all().map((one) => [
    one.address(),
    {
      messages: one.messages().all().map((message) => message.name()).sort(),
      kafka: one.bindings().get("kafka")?.value(),
    },
  ]));
  told.operations = document.allOperations().all().map((one) => ({
    id: one.id(),
    action: one.action(),
    channel: one.channels().all()[0].address(),
    messages: one.messages().all().length,
  }));
  told.messages = Object.fromEntries(document.allMessages().all().map((one) => [
    one.name(),
    { payload: Boolean(one.payload()), examples: one.examples().all().length },
  ]));
}
process.stdout.write(JSON.stringify(told));
