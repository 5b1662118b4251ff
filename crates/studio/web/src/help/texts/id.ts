import { en } from "./en";

export const id = en;
