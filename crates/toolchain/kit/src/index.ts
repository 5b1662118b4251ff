/** The kit: what a generated app's pages are made of. Apps import from here and from nowhere deeper. */
import "./kit.css";

export { AnswerPage } from "./answer";
export { mountApp, type AppOptions } from "./app";
export { BoardPage } from "./board";
export { CalendarPage } from "./calendar";
export { CardsPage, GalleryPage } from "./cards";
export { useApp } from "./context";
export { FormPage } from "./formpage";
export { SlotsPage } from "./slotspage";
export { SummaryPage } from "./summary";
export { TablePage } from "./table";
export { TextPage } from "./textpage";
export { TimelinePage } from "./timeline";
export type { Condition, Entity, Field, FieldKind, Grant, Page, Role, Row, Scope, Value } from "./types";
