// Making elements. Text goes in as text: nothing here, nor anywhere in this client, reads markup out of a string.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function button(text, act, attributes = {}) {
  return el("button", { type: "button", onclick: act, ...attributes }, text);
}

// A field with its label, which is what it is called for those who cannot see it too.
export function field(label, attributes) {
  return el("label", { class: "field" }, el("span", {}, label), el("input", attributes));
}

// A word at the edge of the screen that goes by itself, and is read aloud.
export function notice(text) {
  const node = el("p", { class: "notice" }, text);
  document.getElementById("notices").append(node);
  setTimeout(() => node.remove(), 6000);
}
