// Calls to the server.

import { language } from "./words.js";

export class Refused extends Error {
  constructor(status, code, message) {
    super(message ?? code);
    this.status = status;
    this.code = code;
  }
}

const PATIENCE = 30_000;

async function send(method, path, body, headers) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        "Accept-Language": language,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Refused(0, "NETWORK");
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, said?.error ?? String(answer.status), detail(said));
  return said;
}

function detail(said) {
  return said?.details?.map(({ field, message }) => `${field} ${message}`).join(", ") || said?.message;
}

// A call that needs nobody to be signed in.
export const open = (method, path, body) => send(method, path, body, {});

// Calls of who is signed in: with a token, and with the next one where it is refused.
export function callsOf(session) {
  return async function call(method, path, body, headers = {}) {
    const token = await session.token();
    try {
      return await send(method, path, body, { ...headers, Authorization: `Bearer ${token}` });
    } catch (error) {
      if (error.status !== 401) throw error;
    }
    const next = await session.renew(token);
    return send(method, path, body, { ...headers, Authorization: `Bearer ${next}` });
  };
}
