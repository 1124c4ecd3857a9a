// Runs one scenario with the openai package and prints what the application would see as JSON.
// Usage: node calls.mjs <scenario> <base URL> <key> <model> [<retries>, none if not given; "default" for the package's own]
import OpenAI from "openai";

const [scenario, baseURL, apiKey, model, retries = "0"] = process.argv.slice(2);
let tries = 0;
const client = new OpenAI({
  baseURL,
  apiKey,
  timeout: 30_000,
  ...(retries === "default" ? {} : { maxRetries: Number(retries) }),
  fetch(...request) {
    tries++;
    return fetch(...request);
  },
});
const messages = [{ role: "user", content: "hi" }];

const scenarios = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages });
    return { text: answer.choices[0].message.content, total: answer.usage.total_tokens, requestId: answer._request_id };
  },
  async stream() {
    let text = "";
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    return { text };
  },
  async tools() {
    const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } } }];
    const answer = await client.chat.completions.create({ model, messages, tools });
    return { name: answer.choices[0].message.tool_calls[0].function.name, reason: answer.choices[0].finish_reason };
  },
  async embeddings() {
    const answer = await client.embeddings.create({ model, input: "hi", encoding_format: "float" });
    return { embedding: answer.data[0].embedding };
  },
  async responses() {
    const answer = await client.responses.create({ model, input: "hi" });
    return { text: answer.output_text };
  },
  async responsesStream() {
    const types = [];
    for await (const event of await client.responses.create({ model, input: "hi", stream: true })) types.push(event.type);
    return { types };
  },
  async models() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    return { ids, one: (await client.models.retrieve(model)).id };
  },
};

try {
  console.log(JSON.stringify(await scenarios[scenario]()));
} catch (error) {
  console.log(JSON.stringify({ raised: error.constructor.name, status: error.status ?? null, code: error.code ?? null, message: error.message, tries }));
}
