# One worker with one Durable Object, whose files are in the folder that `--directory-path storage=...` names.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .peer),
    (name = "storage", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);

const peer :Workerd.Worker = (
  modules = [(name = "peer.js", esModule = embed "peer.js")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [(className = "Rows", uniqueKey = "autograph-bench-rows", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [(name = "ROWS", durableObjectNamespace = "Rows")],
);
