// Chinese texts of batch normalization while a network learns.

import type en from "./shift.en.ts";

export default {
  title: "深层网络学习时的批归一化",
  settings: "激活函数、起始权重、单元",
  presets: "示例",
  "presets.none": "请选择……",
  "presets.shift": "内部协变量偏移",
  "presets.shift.why":
    "没有批归一化时，最后一个隐藏层的输入起初集中在很窄的范围内，随着下面各层的学习而变宽、移动。有了批归一化，从第一次更新起范围就大致不变。",
  "presets.sigmoid": "sigmoid，学习率 1",
  "presets.sigmoid.why":
    "四层 sigmoid 几乎传不过任何差别：没有批归一化时，所有点在最后一层的输入几乎相同，什么也学不到。",
  "presets.rate": "ReLU 与较大的学习率",
  "presets.rate.why":
    "学习率为 1.6 时，没有批归一化的网络几次更新后就坏了：这个单元对所有点的输入都相同，损失停在随机猜测的水平。有批归一化时，同样的学习率能学会。",
  "presets.careless": "随意的起始权重",
  "presets.careless.why": "所有权重都从 N(0, 0.01²) 开始。信号和梯度经过四层后消失，除非批归一化把它们重新放大。",
  "presets.fair": "不用它也调得好",
  "presets.fair.why": "起始权重得当、学习率合适时，tanh 网络没有批归一化也学得好。批归一化使这些选择不那么要紧。",
  rate: "学习率",
  activation: "激活函数",
  "activation.tanh": "tanh",
  "activation.sigmoid": "sigmoid",
  "activation.relu": "ReLU",
  start: "起始权重",
  "start.usual": "Xavier，ReLU 用 He",
  "start.careless": "N(0, 0.01²)",
  unit: "最后一个隐藏层的单元",
  seed: "权重种子",
  again: "另一组权重",
  without: "一个单元的输入，没有批归一化",
  with: "同一单元的输入，有批归一化",
  losses: "两个网络的损失",
  "line.median": "中位数",
  "line.outer": "第 15 与第 85 百分位",
  "axis.update": "更新次数",
  "axis.input": "单元 {unit} 的输入",
  "table.network": "网络",
  "table.caption": "第 {update} 次更新，共 {updates} 次",
  "table.loss": "损失",
  "table.accuracy": "准确率",
  "table.learned": "首次达到 95 %",
  "table.moved": "每 {every} 次更新输入的移动",
  "row.without": "没有批归一化",
  "row.with": "有批归一化",
  diverged: "发散",
  "says.training": "两个网络正在训练：第 {update} 次更新，共 {updates} 次。",
  "says.loss": "学习率为 {rate}，{updates} 次更新后，没有批归一化的损失为 {without}，有批归一化的损失为 {with}。",
  "says.both": "95 % 的点分类正确，没有它首次出现在第 {without} 次更新，有它在第 {with} 次。",
  "says.only": "有它，第 {with} 次更新时首次有 95 % 的点分类正确；没有它，始终达不到。",
  "says.moved":
    "每 {every} 次更新，最后一个隐藏层的输入移动的距离与其分布宽度之比，没有它为 {before}，有它为 {after}（对单元和更新取平均）。",
  "says.dead":
    "没有它，最后一个隐藏层的多数单元对所有点的输入几乎相同；有它，每 {every} 次更新输入移动其分布宽度的 {after}。",
  status: "第 {update} 次更新：没有批归一化损失为 {without}，有批归一化为 {with}。",
} satisfies Record<keyof typeof en, string>;
