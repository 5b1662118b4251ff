/** The kit: what a generated app's pages are made of. Apps import from here and from nowhere deeper. */
import "./kit.css";

export { mountApp, type AppOptions } from "./app";
export { TablePage } from "./table";
export { AnswerPage } from "./answer";
export { CardsPage } from "./cards";
export { useApp } from "./context";
export type { Condition, Entity, Field, FieldKind, Grant, Page, Role, Row, Scope, Value } from "./types";
