// The peer of the update benchmark: one Durable Object keeps rows in its SQLite storage, one overwritten per request.
// Its output gate holds the response back until the row is as durable as this workerd makes it.

import { DurableObject } from "cloudflare:workers";

export class Rows extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS rows (key INTEGER PRIMARY KEY, value TEXT NOT NULL)");
  }

  async fetch(request) {
    if (request.method === "GET") {
      return Response.json({ rows: this.sql.exec("SELECT count(*) AS n FROM rows").one().n });
    }
    const { key, value } = await request.json();
    this.sql.exec("INSERT OR REPLACE INTO rows VALUES (?, ?)", key, value);
    return Response.json({ status: "replied" });
  }
}

export default {
  fetch(request, env) {
    return env.ROWS.get(env.ROWS.idFromName("rows")).fetch(request);
  },
};
