/**
 * Where the studio begins: styles, the session, and the root of the page.
 */
import { createRoot } from "react-dom/client";
import { Root } from "./root";
import { begin } from "./session";
import { language } from "./texts";
import "./styles/index.css";

document.documentElement.lang = language;
begin();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id `root`");
createRoot(root).render(<Root />);
