/**
 * Where the studio begins: styles, the language, the session, and the root of the page.
 */
import { createRoot } from "react-dom/client";
import { Root } from "./root";
import { begin } from "./session";
import { preferred, speak } from "./texts";
import "./styles/index.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id `root`");
begin();
await speak(preferred());
createRoot(root).render(<Root />);
