/**
 * Lines in a frame, as SVG that can be read on light and on dark ground.
 *
 * @module
 */

/** What is drawn. */
export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in this order, listed in this order. */
  readonly lines: readonly Line[];
}

/** One direction of the frame. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Whether equal distances are equal ratios. */
  readonly isLogarithmic: boolean;
}

/** A line. Where it leaves the frame, or has no value, it ends. */
export interface Line {
  readonly name: string;
  /** The best there can be is a broad band, the one that matters a strong line; others have a tone each. */
  readonly role: "best" | "main" | number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [760, 400];
const FRAME = { left: 56, top: 62, right: 590, bottom: 350 };

/** Told apart by those who see fewer colours as well, by their dashes. */
const TONES = [
  ["#3b82f6", "none"],
  ["#0d9488", "7 3"],
  ["#8b5cf6", "2 3"],
  ["#db2777", "9 3 2 3"],
  ["#dc2626", "5 5"],
  ["#65a30d", "12 3"],
  ["#64748b", "3 6"],
  ["#b45309", "4 2"],
] as const;

const STYLE = `
    .ground { fill: #ffffff; }
    text { font: 13px system-ui, sans-serif; fill: #1f2937; }
    .title { font-size: 16px; font-weight: 600; }
    .faint { fill: #6b7280; }
    .grid { stroke: #808080; stroke-opacity: 0.25; }
    .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
    .best { stroke: #94a3b8; stroke-opacity: 0.6; stroke-width: 9; }
    .main { stroke: #ea580c; stroke-width: 3.5; }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #0d1117; }
      text { fill: #e5e7eb; }
      .faint { fill: #9ca3af; }
    }`;

/** The whole file. */
export function svgOf(chart: Chart): string {
  const { title, subtitle, x, y, lines } = chart;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">
  <title>${escaped(title)}</title>
  <desc>${escaped(subtitle)}</desc>
  <style>${STYLE}
  </style>
  <rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
  <clipPath id="frame"><rect x="${FRAME.left}" y="${FRAME.top}" width="${
    FRAME.right - FRAME.left
  }" height="${FRAME.bottom - FRAME.top}"/></clipPath>
  <text class="title" x="16" y="26">${escaped(title)}</text>
  <text class="faint" x="16" y="46">${escaped(subtitle)}</text>
${x.ticks.map((tick) => verticalOf(x, tick)).join("\n")}
${y.ticks.map((tick) => horizontalOf(y, tick)).join("\n")}
  <text class="faint" x="${FRAME.right}" y="${HEIGHT - 12}" text-anchor="end">${
    escaped(x.label)
  }</text>
  <text class="faint" x="${FRAME.left + 6}" y="${FRAME.top + 14}">${
    escaped(y.label)
  }</text>
  <g clip-path="url(#frame)">
${lines.map((line) => pathOf(chart, line)).join("\n")}
  </g>
${lines.map((line, index) => entryOf(line, index)).join("\n")}
</svg>
`;
}

function styleOf(role: Line["role"]): string {
  if (typeof role === "string") return `class="line ${role}"`;
  const [colour, dashes] = TONES[role % TONES.length]!;
  return `class="line" stroke="${colour}" stroke-dasharray="${dashes}"`;
}

function verticalOf(axis: Axis, tick: number): string {
  const at = round(placed(axis, tick, FRAME.left, FRAME.right));
  return `  <path class="grid" d="M${at} ${FRAME.top}V${FRAME.bottom}"/>
  <text class="faint" x="${at}" y="${FRAME.bottom + 18}" text-anchor="middle">${
    worded(tick)
  }</text>`;
}

function horizontalOf(axis: Axis, tick: number): string {
  const at = round(placed(axis, tick, FRAME.bottom, FRAME.top));
  return `  <path class="grid" d="M${FRAME.left} ${at}H${FRAME.right}"/>
  <text class="faint" x="${FRAME.left - 8}" y="${at + 4}" text-anchor="end">${
    worded(tick)
  }</text>`;
}

function pathOf({ x, y }: Chart, { points, role }: Line): string {
  /** Far enough above the frame that the line leaves it steeply. */
  const highest = FRAME.top - 4000;
  const path: string[] = [];
  for (const [valueX, valueY] of points) {
    const atX = placed(x, valueX, FRAME.left, FRAME.right);
    const atY = Number.isFinite(valueY)
      ? Math.max(placed(y, valueY, FRAME.bottom, FRAME.top), highest)
      : highest;
    path.push(`${round(atX)} ${round(atY)}`);
    if (atY < FRAME.top) break;
  }
  return `    <path ${styleOf(role)} d="M${path.join("L")}"/>`;
}

/** A line of the list beside the frame. */
function entryOf({ name, role }: Line, index: number): string {
  const at = FRAME.top + 12 + 24 * index;
  const left = FRAME.right + 16;
  return `  <path ${styleOf(role)} d="M${left} ${at}h28"/>
  <text x="${left + 36}" y="${at + 4}">${escaped(name)}</text>`;
}

function placed(
  { from, to, isLogarithmic }: Axis,
  value: number,
  start: number,
  end: number,
): number {
  const share = isLogarithmic
    ? Math.log(value / from) / Math.log(to / from)
    : (value - from) / (to - from);
  return start + share * (end - start);
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}

function worded(tick: number): string {
  return tick.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
