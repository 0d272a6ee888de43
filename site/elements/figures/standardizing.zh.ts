// Chinese texts of standardizing.

import type en from "./standardizing.en.ts";

export default {
  title: "特征标准化使等值线变圆",
  settings: "特征的均值、起点",
  presets: "示例",
  "presets.none": "请选择……",
  "presets.valley": "0 到 1 与 0 到 10",
  "presets.valley.why":
    "一个特征是另一个的十倍，损失沿它的权重弯曲得厉害得多。学习率必须迁就陡峭的方向，对平坦的方向就太小。标准化之后，两个方向相近。",
  "presets.course": "0 到 1 与 0 到 10000",
  "presets.course.why": "课程的例子：处理之前，没有一条等值线在图内闭合，5000 次更新也不够；处理之后只需几次。",
  "presets.minMax": "缩放到 0 … 1",
  "presets.minMax.why": "两个特征范围相同，但均值远离 0，两个权重的作用相近，因此仍有一条浅谷。减去均值同样重要。",
  "presets.center": "只减均值",
  "presets.center.why": "均值为 0，但一个特征仍是另一个的十倍：只减去均值还不够。",
  "presets.alike": "本来就相近",
  "presets.alike.why": "范围相同、均值为 0 的特征不需要标准化。",
  ratio: "第二个范围",
  scaling: "处理之后",
  "scaling.standard": "均值 0，标准差 1",
  "scaling.minMax": "缩放到 0 … 1",
  "scaling.center": "只使均值为 0",
  offset: "特征的均值（以范围为单位）",
  start: "起点",
  "start.handle": "起点，以到最佳权重的距离表示。用方向键移动，按住 Shift 步子更大。",
  before: "原来的特征",
  "plane.before": "损失在两个权重到最佳权重的距离上的等值线，原来的特征",
  "plane.after": "同上，缩放后的特征",
  "legend.level": "损失的等值线",
  "legend.path": "梯度下降，最佳学习率，{drawn} 次更新",
  more: "超过 {limit}",
  "table.features": "特征",
  "table.caption": "用最佳固定学习率的梯度下降求最小二乘",
  "table.condition": "条件数",
  "table.rate": "学习率",
  "table.updates": "损失降到百万分之一的更新次数",
  "says.condition": "两个特征的范围为 1 和 {ratio}，原来的条件数为 {before}，处理之后为 {after}。",
  "says.updates":
    "从 ({x}, {y}) 出发，梯度下降把损失降到百万分之一，处理之前需要的更新次数为 {before}，之后为 {after}。",
  status: "更新次数：处理之前 {before}，之后 {after}。",
} satisfies Record<keyof typeof en, string>;
