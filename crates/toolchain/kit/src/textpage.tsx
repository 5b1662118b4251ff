/** Words only: about us, how it works. */
import { useApp, usePlace } from "./context";
import { Empty, PageHead, Paragraphs } from "./controls";

/** The page. */
export function TextPage({ text }: { text: string }) {
  const { words, standing } = useApp();
  const { page } = usePlace();
  return (
    <section className="mx-auto flex w-full max-w-2xl flex-col gap-4">
      <PageHead title={page?.title ?? ""} />
      {text.trim() ? <Paragraphs text={text} /> : <Empty>{standing.role === "owner" ? words.sayText(page?.title ?? "") : words.empty}</Empty>}
    </section>
  );
}
