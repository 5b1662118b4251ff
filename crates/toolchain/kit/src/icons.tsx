/** Small drawings beside words; they say nothing that the words don't. */
import type { FieldKind } from "./types";

/** Strokes on a field of 24 by 24. */
const STROKES: Partial<Record<FieldKind["type"] | "alert" | "search" | "share", string>> = {
  email: "M3 6h18v12H3z M3 7l9 7 9-7",
  phone: "M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  url: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1 M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  place: "M12 21s7-6 7-12a7 7 0 0 0-14 0c0 6 7 12 7 12z M12 11.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  money: "M3 6h18v12H3z M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  date: "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4",
  dateTime: "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4 M12 13v3h3",
  time: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M12 7v5l3 2",
  duration: "M7 3h10 M7 21h10 M8 3c0 5 8 6 8 9s-8 4-8 9 M16 3c0 5-8 6-8 9s8 4 8 9",
  picture: "M4 5h16v14H4z M4 16l5-5 4 4 3-3 4 4 M15 9h.01",
  colour: "M12 3s6 6 6 11a6 6 0 0 1-12 0c0-5 6-11 6-11z",
  alert: "M12 4l9 16H3z M12 10v4 M12 17h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M16 16l5 5",
  share: "M12 3v12 M8 7l4-4 4 4 M5 12v8h14v-8",
};

/** The drawing for a kind of field, if it has one. */
export function Icon({ of, className = "" }: { of: keyof typeof STROKES; className?: string }) {
  const path = STROKES[of];
  if (path === undefined) return null;
  return (
    <svg aria-hidden="true" viewBox="0 0 24 24" className={`inline-block size-4 shrink-0 fill-none stroke-current stroke-2 ${className}`} strokeLinecap="round" strokeLinejoin="round">
      <path d={path} />
    </svg>
  );
}
