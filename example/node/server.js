#!/usr/bin/env node
import http from "node:http";
import { greeting } from "./greeting.js";

const server = http.createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end(greeting(url.searchParams.get("name") ?? "world"));
});

// The process is number 1 of its container, which no signal ends by itself.
process.on("SIGTERM", () => server.close());
server.listen(process.env.PORT ?? 8080);
