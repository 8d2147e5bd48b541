// Says what is wrong with the OpenAPI document on standard input: by the rules of OpenAPI 3.1, and, of each schema in it, by those
// of JSON Schema 2020-12, which the former leave open.

import { text } from "node:stream/consumers";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const document = JSON.parse(await text(process.stdin));
const faults = [];

const validator = new Validator();
const { valid, errors } = await validator.validate(structuredClone(document));
if (!valid) faults.push(...[errors].flat().map((error) => JSON.stringify(error)));
if (validator.version !== "3.1") faults.push(`the version is ${validator.version}`);

// What no schema of the rules can say.
const operationIds = new Set();
for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    const place = `${method} ${path}`;
    if (operationIds.has(operation.operationId)) faults.push(`${place}: its operationId stands twice`);
    operationIds.add(operation.operationId);
    const named = (operation.parameters ?? []).filter((parameter) => parameter.in === "path").map(({ name }) => name);
    const asked = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    if (String(named.sort()) !== String(asked.sort())) faults.push(`${place}: parameters of the path`);
    for (const parameter of operation.parameters ?? []) {
      if (!parameter.schema) faults.push(`${place}: ${parameter.name} has no schema`);
      if (!parameter.description) faults.push(`${place}: ${parameter.name} has no description`);
    }
  }
}

// Each schema compiles with all that it refers to. OpenAPI's own words in schemas, and the sizes of numbers, are no rules.
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
addFormats(ajv);
["int32", "int64", "double", "float", "password", "idn-email", "binary"].forEach((format) => ajv.addFormat(format, true));
["info", "openapi", "paths", "components"].forEach((keyword) => ajv.addKeyword(keyword));
ajv.addSchema(document, "document");
const schemas = [];
const collect = (value, pointer) => {
  if (value === null || typeof value !== "object") return;
  for (const [key, inner] of Object.entries(value)) {
    const place = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (key === "schema") schemas.push(place);
    else collect(inner, place);
  }
};
collect(document, "");
schemas.push(...Object.keys(document.components.schemas).map((name) => `/components/schemas/${name}`));
for (const place of schemas) {
  try {
    ajv.compile({ $ref: `document#${encodeURI(place)}` });
  } catch (error) {
    faults.push(`${place}: ${error.message}`);
  }
}

for (const fault of faults) console.error(fault);
console.log(`${operationIds.size} operations, ${schemas.length} schemas, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
