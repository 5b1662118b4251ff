/** Words only: about us, how it works. */
import { usePlace } from "./context";
import { PageHead, Paragraphs } from "./controls";

/** The page. */
export function TextPage({ text }: { text: string }) {
  const { page } = usePlace();
  return (
    <section className="mx-auto flex w-full max-w-2xl flex-col gap-4">
      <PageHead title={page?.title ?? ""} />
      <Paragraphs text={text} />
    </section>
  );
}
