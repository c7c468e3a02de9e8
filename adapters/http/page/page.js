"use strict";

let about = null;

function made(tag, fields = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, fields);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function resolved(schema) {
  return schema && schema.$ref ? about.components.schemas[schema.$ref.split("/").pop()] : schema;
}

// A type in few words, as in: {id: uuid, title?: text}
function worded(schema, depth = 0) {
  if (!schema) return "anything";
  const name = schema.$ref ? schema.$ref.split("/").pop() : null;
  const whole = resolved(schema);
  if (name && depth > 1) return name;
  if (whole.const !== undefined) return JSON.stringify(whole.const);
  if (whole.enum) return whole.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (whole.anyOf) return whole.anyOf.map((each) => worded(each, depth)).join(" | ");
  if (whole.type === "array") {
    return whole.prefixItems
      ? `[${whole.prefixItems.map((each) => worded(each, depth + 1)).join(", ")}]`
      : `[${worded(whole.items, depth)}]`;
  }
  if (whole.properties) {
    const indent = "  ".repeat(depth + 1);
    const lines = Object.entries(whole.properties).map(([field, type]) => {
      const may = (whole.required || []).includes(field) ? "" : "?";
      return `${indent}${field}${may}: ${worded(type, depth + 1)}`;
    });
    return `${name && depth ? `${name} ` : ""}{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
  }
  return whole.format || whole.type || "anything";
}

function example(schema, depth = 0) {
  const whole = resolved(schema) || {};
  if (whole.anyOf) return example(whole.anyOf[0], depth);
  if (whole.enum) return whole.enum[0];
  if (whole.properties) {
    if (depth > 3) return {};
    return Object.fromEntries(Object.entries(whole.properties).map(([name, type]) => [name, example(type, depth + 1)]));
  }
  return { array: [], integer: 0, number: 0, boolean: false, string: "" }[whole.type] ?? null;
}

function row(...cells) {
  return made("tr", {}, ...cells.map((cell) => made("td", {}, cell)));
}

function parameters(list) {
  if (!list.length) return null;
  const rows = list.map((one) =>
    row(made("code", { textContent: one.name + (one.required ? "" : "?") }), `${one.in}: ${worded(one.schema)}`, one.description || ""));
  return made("div", {}, made("h3", { textContent: "Parameters" }), made("table", {}, ...rows));
}

function bodies(body) {
  if (!body) return null;
  const parts = Object.entries(body.content).flatMap(([media, { schema }]) =>
    [made("span", { className: "quiet", textContent: media }), made("pre", { textContent: worded(schema) })]);
  return made("div", {}, made("h3", { textContent: "Body" }), ...parts);
}

function answers(responses) {
  const rows = Object.entries(responses).map(([status, answer]) => {
    const [media, content] = Object.entries(answer.content || {})[0] || [];
    const good = Number(status) < 400 || (content && content.schema.$ref);
    const shown = good && content
      ? made("div", {}, made("span", { className: "quiet", textContent: media }), made("pre", { textContent: worded(content.schema) }))
      : made("code", { textContent: answer.description });
    return row(made("code", { textContent: status }), shown);
  });
  return made("div", {}, made("h3", { textContent: "Answers" }), made("table", {}, ...rows));
}

function attempt(method, path, call) {
  const fields = call.parameters.map((one) => [one, made("input", { type: "text", ariaLabel: one.name })]);
  const json = call.requestBody && call.requestBody.content["application/json"];
  const body = json ? made("textarea", { ariaLabel: "Body", value: JSON.stringify(example(json.schema), null, 2) }) : null;
  const outcome = made("pre", { hidden: true });
  const send = made("button", { type: "button", textContent: "Send" });
  send.onclick = async () => {
    let address = path;
    const query = new URLSearchParams();
    const headers = {};
    for (const [one, input] of fields) {
      if (one.in === "path") address = address.replace(`{${one.name}}`, encodeURIComponent(input.value));
      else if (input.value && one.in === "query") query.set(one.name, input.value);
      else if (input.value) headers[one.name] = input.value;
    }
    const token = document.getElementById("token").value.trim();
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    outcome.hidden = false;
    try {
      const asked = await fetch(address + (query.size ? `?${query}` : ""), { method, headers, body: body ? body.value : undefined });
      const text = await asked.text();
      let shown = text;
      try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* no JSON: as it is */ }
      outcome.textContent = `${asked.status}\n${shown}`;
    } catch (error) {
      outcome.textContent = String(error);
    }
  };
  const lines = fields.map(([one, input]) => made("label", { className: "field" }, made("span", { textContent: one.name }), input));
  return made("div", {}, made("h3", { textContent: "Try it" }), ...lines, body, made("div", { className: "field" }, send), outcome);
}

function shown(path, method, call) {
  const open = call.security && !call.security.length;
  const element = made("details", { className: "call", id: call.operationId },
    made("summary", {},
      made("span", { className: `method ${method}`, textContent: method.toUpperCase() }),
      made("span", { className: "path", textContent: path }),
      made("span", { textContent: call.summary }),
      open ? made("span", { className: "quiet", textContent: "no token" }) : null));
  element.addEventListener("toggle", () => {
    if (element.childElementCount > 1) return;
    element.append(made("div", {}, parameters(call.parameters), bodies(call.requestBody), answers(call.responses),
      call.requestBody && !call.requestBody.content["application/json"] ? null : attempt(method.toUpperCase(), path, call)));
  });
  element.words = JSON.stringify([path, method, call]).toLowerCase();
  return element;
}

async function show() {
  about = await (await fetch("/openapi.json")).json();
  document.getElementById("about").textContent = about.info.description;
  const main = document.getElementById("calls");
  main.replaceChildren();
  for (const tag of about.tags) {
    const calls = Object.entries(about.paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, call]) => call.tags.includes(tag.name)).map(([method, call]) => shown(path, method, call)));
    const anchor = tag.name.replace(/\W/g, "-");
    main.append(made("section", { id: anchor }, made("h2", { textContent: tag.name }), made("p", { className: "quiet", textContent: tag.description }), ...calls));
    document.getElementById("contents").append(made("a", { href: `#${anchor}`, textContent: tag.name }));
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const section of main.children) {
      let any = false;
      for (const call of section.querySelectorAll("details.call")) {
        call.hidden = !words.every((word) => call.words.includes(word));
        any ||= !call.hidden;
      }
      section.hidden = !any;
    }
  });
}

show().catch((error) => { document.getElementById("calls").textContent = `The description cannot be read: ${error}`; });
