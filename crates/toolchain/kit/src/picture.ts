/** Pictures from a camera or a file, made small enough for a row: a data URL within the backend's limit. */

/** Longest picture that the backend takes, in characters of its data URL. */
export const MAX_PICTURE = 120_000;
/** Sides, in pixels, and qualities that are tried, best first. */
const SIDES = [1280, 1024, 800, 640, 480, 320, 200];
const QUALITIES = [0.85, 0.7, 0.5];

/** The picture in a file, at most [`MAX_PICTURE`] characters long; nothing if the browser can't read it as one. */
export async function pictureOf(file: Blob): Promise<string | undefined> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return undefined;
  }
  try {
    return smaller(bitmap);
  } finally {
    bitmap.close();
  }
}

function smaller(bitmap: ImageBitmap): string | undefined {
  for (const side of SIDES) {
    const canvas = drawn(bitmap, side);
    for (const quality of QUALITIES) {
      const url = encoded(canvas, quality);
      if (url.length <= MAX_PICTURE) return url;
    }
  }
  return undefined;
}

function drawn(bitmap: ImageBitmap, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (context) {
    // JPEG knows no transparency, and would show it black.
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

/** WebP where the browser can write it, else JPEG. */
function encoded(canvas: HTMLCanvasElement, quality: number): string {
  const url = canvas.toDataURL("image/webp", quality);
  return url.startsWith("data:image/webp") ? url : canvas.toDataURL("image/jpeg", quality);
}
