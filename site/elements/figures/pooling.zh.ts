// Chinese texts of the pooling.

import pad from "../pad/pad.zh.ts";
import type en from "./pooling.en.ts";

export default {
  ...pad,
  title: "池化：逐个窗口",
  settings: "窗口、步幅、结果大小、抽取",
  presets: "示例",
  "presets.none": "请选择……",
  "presets.thin": "最大池化保留细线",
  "presets.thin.why": "窗口里只要有一个像素有笔迹，结果就是它的值。尺寸减半，线条强度不变，看上去更粗。",
  "presets.pale": "平均池化使细线变淡",
  "presets.pale.why": "平均也把空白像素算进去：细线只占 4 × 4 窗口的一部分。",
  "presets.overlap": "重叠的窗口",
  "presets.overlap.why": "窗口为三个像素，相隔两个像素：一个像素最多算进四个窗口，因此线条变粗。",
  "presets.fractional": "从 28 到 19 个像素",
  "presets.fractional.why":
    "分数最大池化可按任意倍数缩小，这里约为 1.47：窗口相隔一个或两个像素，次序在每次训练更新时重新抽取。再抽一次看看。",
  "presets.disjoint": "窗口相接，次序随机",
  "presets.disjoint.why": "不重叠时，每个窗口在下一个开始处结束，因此窗口大小不一：一个或两个像素。",
  "presets.any": "给定结果大小",
  "presets.any.why": "自适应池化把图像分成所要的份数。28 不是 5 的倍数，所以相邻窗口共用一行。",
  "presets.global": "只剩一个数",
  "presets.global.why":
    "结果只有一个像素时，自适应平均池化就是全局池化：整幅图像的平均笔迹。网络以它结尾，任何大小的图像都适用。",
  kind: "池化",
  "kind.max": "最大",
  "kind.average": "平均",
  "kind.fractional": "分数最大",
  "kind.adaptiveMax": "自适应最大",
  "kind.adaptiveAverage": "自适应平均",
  overlapping: "窗口大小相同，可以重叠",
  regions: "间隔的次序",
  "regions.pseudorandom": "伪随机：分布均匀",
  "regions.random": "随机",
  window: "窗口大小 k",
  stride: "步幅 s",
  out: "结果大小",
  draw: "抽取（第几次更新）",
  at: "位置",
  play: "滑动",
  pause: "暂停",
  next: "下一个位置",
  again: "重新抽取窗口",
  result: "池化的结果",
  "result.cursor": "结果中的位置。用方向键移到其他窗口。",
  "result.title": "结果 {out} × {out}",
  "says.windowed":
    "{window} × {window} 的窗口，相隔 {stride} 个像素，把 {side} × {side} 变成 ⌊({side} − {window}) / {stride}⌋ + 1 = {out} 行和列。",
  "says.adaptive": "每个方向的 {side} 个像素分成 {out} 个窗口，每个 {heights} 个像素；各行窗口从 {starts} 开始。",
  "says.fractional":
    "{window} × {window} 的窗口相隔 {less} 或 {more} 个像素，平均 α = ({side} − {window}) / ({out} − 1) = {alpha}；各行窗口从 {starts} 开始。",
  "says.disjoint":
    "{less} 或 {more} 个像素的窗口彼此相接，平均 α = {side} / {out} = {alpha}；各行窗口从 {starts} 开始。",
  "says.largest":
    "结果的第 {row} 行第 {column} 列是 {value}，即 {count} 个像素（第 {top} 至 {bottom} 行，第 {left} 至 {right} 列）中的最大值：{list}。",
  "says.mean":
    "结果的第 {row} 行第 {column} 列是 {value}，即 {count} 个像素（第 {top} 至 {bottom} 行，第 {left} 至 {right} 列）的平均：{list}。",
  "says.comma": "、",
  "says.or": "或",
  status: "第 {row} 行第 {column} 列：{value}",
} satisfies Record<keyof typeof en, string>;
