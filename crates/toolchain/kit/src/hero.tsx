/** How an app presents itself to strangers: what it is called, and what they can do here. */
import { useApp, usePlace } from "./context";
import type { Entity, Page } from "./types";

const ACTION = "inline-flex min-h-11 items-center justify-center rounded-full border px-6 py-2 font-semibold";

/** Above the first page. What is done on another page is a button here. */
export function Hero() {
  const { title, entities } = useApp();
  const { page, pages } = usePlace();
  const elsewhere = pages.filter((one) => one.adds !== undefined && one !== page);
  return (
    <div className="bg-linear-to-br from-accent to-accent-deep text-on-accent print:bg-none print:text-ink">
      <div className="mx-auto flex max-w-6xl flex-col items-start gap-5 px-4 py-10 sm:px-6 sm:py-16">
        <p dir="auto" className="max-w-3xl text-3xl font-bold tracking-tight text-balance break-words sm:text-5xl">{title}</p>
        {elsewhere.length > 0 && (
          <div className="flex flex-wrap gap-3 print:hidden">
            {elsewhere.map((one, index) => (
              <a key={one.id} href={`#${one.id}`} dir="auto" className={`${ACTION} ${index === 0 ? "border-transparent bg-on-accent text-accent-deep" : "border-on-accent"}`}>
                {deedOf(one, entities)}
              </a>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** What is done on a page where one row is added: it is called after many of them only in the menu. */
export function deedOf(page: Page, entities: Entity[]): string {
  const added = entities.find(({ id }) => id === page.adds);
  return added && page.title === added.plural ? added.label : page.title;
}
