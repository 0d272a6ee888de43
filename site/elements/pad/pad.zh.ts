// Chinese texts of the pad.

import type en from "./pad.en.ts";

export default {
  picture: "图像",
  "picture.digit": "一个数字",
  "picture.letter": "一个字母",
  "picture.face": "一张脸",
  "picture.stripes": "条纹",
  "picture.square": "方块",
  "picture.dot": "单个像素",
  "picture.blank": "空白，自己画",
  tool: "画笔",
  "tool.draw": "画",
  "tool.erase": "擦除",
  drawing: "手绘图像",
  pad: "图像，可以在上面画",
  "pad.cursor": "图像中的像素。用方向键移动，按空格键画上或擦除。",
  "pad.title": "图像 {side} × {side}：可以在上面画",
  cell: "第 {row} 行第 {column} 列：{value}",
} satisfies Record<keyof typeof en, string>;
