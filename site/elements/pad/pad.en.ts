// English texts of the pad.

export default {
  picture: "Picture",
  "picture.digit": "A digit",
  "picture.letter": "A letter",
  "picture.face": "A face",
  "picture.stripes": "Stripes",
  "picture.square": "A square",
  "picture.dot": "One pixel",
  "picture.blank": "Empty, to draw on",
  tool: "Pen",
  "tool.draw": "Draws",
  "tool.erase": "Erases",
  drawing: "Drawing",
  pad: "The picture; draw on it",
  "pad.cursor": "Pixel of the picture. Arrow keys move, the space bar draws or erases it.",
  "pad.title": "Picture, {side} × {side}: draw on it",
  cell: "Row {row}, column {column}: {value}",
} as const;
