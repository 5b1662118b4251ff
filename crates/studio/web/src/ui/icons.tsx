/**
 * The studio's pictures, drawn as strokes on a 24 × 24 grid. They only accompany words: none has a name of its own.
 */
import type { ReactNode } from "react";

const PATHS = {
  talk: <path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z" />,
  preview: (
    <>
      <rect x="3.5" y="4.5" width="17" height="15" rx="2.5" />
      <path d="M3.5 9h17M7 6.8h.01" />
    </>
  ),
  history: (
    <>
      <path d="M4.5 12a7.5 7.5 0 1 0 2.4-5.5L4.5 8.7" />
      <path d="M4.5 4.5v4.2h4.2M12 8v4.3l2.8 1.7" />
    </>
  ),
  people: (
    <>
      <circle cx="9" cy="8.5" r="3.2" />
      <path d="M3.5 19c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5M15.5 5.600a3.1 3.1 0 0 1 0 5.900M17.3 14.400c1.8.7 2.9 2.3 3.2 4.6" />
    </>
  ),
  access: (
    <>
      <rect x="5" y="10.5" width="14" height="9" rx="2.5" />
      <path d="M8.5 10.500V8a3.5 3.5 0 0 1 7 0v2.500M12 14v2" />
    </>
  ),
  data: (
    <>
      <rect x="4" y="4.5" width="16" height="15" rx="2.5" />
      <path d="M4 9.500h16M4 14.500h16M10 9.500v10" />
    </>
  ),
  logs: <path d="M5 6.500h14M5 11h9M5 15.500h12M5 20h6" />,
  settings: (
    <>
      <path d="M4 7.500h8M17 7.500h3M4 16.500h3M12 16.500h8" />
      <circle cx="14.5" cy="7.5" r="2.3" />
      <circle cx="9.5" cy="16.5" r="2.3" />
    </>
  ),
  more: <path d="M6 12h.01M12 12h.01M18 12h.01" strokeWidth="2.6" />,
  out: <path d="M9 5H6.500A1.5 1.5 0 0 0 5 6.500v11A1.5 1.5 0 0 0 6.5 19h11a1.5 1.5 0 0 0 1.5-1.500V15M13 5h6v6M19 5l-8 8" />,
  plus: <path d="M12 5.500v13M5.5 12h13" />,
  check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
  think: <path d="M5 14.500c2-3.5 4-3.5 7-1.500s5 2 7-1.5" />,
  question: <path d="M8.8 9.200c.2-2 1.5-3.2 3.4-3.2 2 0 3.3 1.2 3.3 2.9 0 2.5-3.3 2.7-3.3 5.300M12.2 18h.01" />,
  alert: <path d="M12 4.5 3.5 19h17zM12 10.500v3.800M12 16.800h.01" />,
  send: <path d="M12 19V5.500M6 11l6-6 6 6" />,
  reload: <path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.400l2.3 2.200M19.5 4.500v4.300h-4.3" />,
  down: <path d="m7 10 5 5 5-5" />,
  next: <path d="m10 7 5 5-5 5" />,
  close: <path d="m6.5 6.5 11 11M17.5 6.500l-11 11" />,
  copy: (
    <>
      <rect x="9" y="9" width="10.5" height="10.5" rx="2" />
      <path d="M15 9V6.500a2 2 0 0 0-2-2H6.500a2 2 0 0 0-2 2V13a2 2 0 0 0 2 2H9" />
    </>
  ),
  key: (
    <>
      <circle cx="8.5" cy="15.5" r="4" />
      <path d="m11.5 12.5 7.5-7.500M15.5 8.500l3 3" />
    </>
  ),
  globe: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M4 12h16M12 4c2.300 2.200 3.400 4.800 3.400 8s-1.100 5.800-3.400 8c-2.300-2.200-3.400-4.800-3.400-8s1.100-5.800 3.400-8" />
    </>
  ),
  about: (
    <>
      <circle cx="12" cy="12" r="8" />
      <path d="M12 11.200V16M12 8.200h.01" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

/** Those that point along the line of writing, and turn with it. */
const TURNING: IconName[] = ["out", "next", "logs", "talk"];

/** One picture, as tall as the text beside it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className={TURNING.includes(name) ? "icon turning" : "icon"} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {PATHS[name]}
    </svg>
  );
}

/** The sign of the house: a letter A in one stroke of the pen. `writing` has it written over and over. */
export function Mark({ size = 28, writing = false }: { size?: number; writing?: boolean }) {
  return (
    <svg className={writing ? "mark writing" : "mark"} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path pathLength={100} d={MARK} />
    </svg>
  );
}

const MARK = "M3.5 26.500C9 23 13.5 13 16.2 6.200c.6-1.5 2-1.3 2.2.2.7 5.6.9 12.1 2.6 17.4.7 2.2 2.3 2.4 3.8.7 1.4-1.6 2.3-3.2 3.7-5.400M7.5 18.800c5.3-2.1 11.2-2.9 17-2.6";

/** A stroke of the pen under a heading. */
export function Flourish() {
  return (
    <svg className="flourish" viewBox="0 0 320 22" aria-hidden="true" preserveAspectRatio="none">
      <path pathLength={100} d="M4 12.500C62 6 152 3 232 5.500c46 1.5 84 4 82 6.5-2 2.5-52-.5-104 1.5-34 1.3-58 3.5-76 6" />
    </svg>
  );
}
