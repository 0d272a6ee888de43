// Pages of the reference: a function with its signatures as they are declared, its parameters, the options of its parameters
// as tables, what it returns, and its errors as one table; a type with its declaration and a table of its properties.

import { ReferenceType, ReflectionKind } from "typedoc";
import { MarkdownTheme, MarkdownThemeContext } from "typedoc-plugin-markdown";

/** Words of a parameter that all functions have in common. */
const common = { engine: "engine, made by `createEngine`" };

/** Texts of signatures and types in the declarations. */
const declared = new WeakMap();

const joined = (text) => text.replace(/\s*\n\s*/g, " ").trim();
const code = (...lines) => ["```typescript", ...lines, "```"].join("\n");
const cell = (text) => joined(text).replace(/(?<!\\)\|/g, "\\|") || "–";
const table = (headers, rows) =>
  [headers, headers.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
const optional = ({ name, flags }) => `\`${flags.isRest ? "..." : ""}${name}${flags.isOptional ? "?" : ""}\``;
const commentOf = (member) => member.comment ?? member.signatures?.find(({ comment }) => comment)?.comment;

/** The import that a page begins with. */
export function importOf({ name, parent, kind }) {
  const isType = [ReflectionKind.Interface, ReflectionKind.TypeAlias].includes(kind);
  return parent?.kindOf(ReflectionKind.Module)
    ? code(`import ${isType ? "type " : ""}{ ${name} } from "${parent.name}";`)
    : "";
}

/** Keeps the text of a signature, with a line for each parameter if it is long. */
export function declareSignature(signature, node) {
  const text = (part) => joined(part?.getText() ?? "");
  const types = node.typeParameters ? `<${node.typeParameters.map(text).join(", ")}>` : "";
  const parameters = node.parameters.map(text);
  const name = signature.name.startsWith("__") ? "" : signature.name;
  const keyword = signature.parent.kindOf(ReflectionKind.Function) ? "function " : "";
  const line = (between) => `${keyword}${name}${types}(${between}): ${text(node.type) || "void"};`;
  const short = line(parameters.join(", "));
  declared.set(
    signature,
    short.length <= 100 ? short : line(`\n${parameters.map((parameter) => `  ${parameter},\n`).join("")}`),
  );
}

/** Keeps the text of a type without the docstrings in it. */
export function declareType(reflection, node) {
  declared.set(
    reflection,
    node
      .getText()
      .replace(/^export (declare )?/, "")
      .replace(/ *\/\*\*[\s\S]*?\*\/\n?/g, ""),
  );
}

/** Options of a parameter: the name of their type, or of the parameter, and the type itself; undefined if it takes none. */
function bagOf({ name, type }) {
  if (type?.type === "reflection" && type.declaration.children) return { name, type };
  if (type?.type !== "reference") return undefined;
  if (/Options?$/.test(type.name)) return { name: type.name, type };
  return isUtility(type) && bagOf({ name, type: type.typeArguments[0] })
    ? { name: type.typeArguments[0].name, type }
    : undefined;
}

/** True for `Omit<Type, Names>` and types of its kind. */
const isUtility = ({ name, typeArguments }) =>
  ["Omit", "Pick", "Partial", "Required", "Readonly"].includes(name) && typeArguments?.length > 0;

/** Properties of `Omit<Type, Names>` and types of its kind. */
function utilityProperties({ name, typeArguments: [type, names] }) {
  const given = names?.type === "union" ? names.types : [names];
  const isNamed = (property) => given.some((literal) => literal?.value === property.name);
  return allProperties(type).filter((property) => !names || isNamed(property) === (name === "Pick"));
}

/** Properties of an interface, or of the parts of a type that is a union or an intersection: all of a name together. */
function propertiesOf(type) {
  const named = new Map();
  for (const property of allProperties(type)) named.set(property.name, [...(named.get(property.name) ?? []), property]);
  return [...named.values()];
}

function allProperties(type) {
  if (!type) return [];
  if (type.children)
    return type.children.filter((child) => child.kindOf([ReflectionKind.Property, ReflectionKind.Method]));
  if (type.type === "reference") return isUtility(type) ? utilityProperties(type) : allProperties(type.reflection);
  if (type.type === "reflection") return allProperties(type.declaration);
  if (type.type === "union" || type.type === "intersection") return type.types.flatMap(allProperties);
  return typeof type.type === "object" ? allProperties(type.type) : [];
}

/** Signatures in groups of the same words. */
function groupsOf(signatures) {
  const groups = new Map();
  for (const signature of signatures) {
    const { summary, blockTags } = signature.comment ?? signatures[0].comment ?? {};
    const words = JSON.stringify([summary, blockTags]);
    groups.set(words, [...(groups.get(words) ?? []), signature]);
  }
  return [...groups.values()];
}

class ReferenceContext extends MarkdownThemeContext {
  constructor(...args) {
    super(...args);
    const { comment, declaration, hierarchy, memberWithGroups } = this.partials;
    Object.assign(this.partials, {
      comment: (model, options = {}) => this.comment(model, options, comment),
      signatures: ({ signatures }, { headingLevel }) => this.callable(signatures, headingLevel + 1),
      signature: (model, { headingLevel }) => this.callable([model], headingLevel),
      accessor: (model, options) => this.accessor(model, options),
      declaration: (model, options) =>
        model.kindOf(ReflectionKind.TypeAlias) ? this.alias(model, options) : declaration(model, options),
      memberWithGroups: (model, options) =>
        model.kindOf(ReflectionKind.TypeAlias) ? this.alias(model, options) : memberWithGroups(model, options),
      hierarchy: (types, options) => (this.page.model.kindOf(ReflectionKind.Class) ? hierarchy(types, options) : ""),
      propertiesTable: (model) =>
        this.properties(
          "property",
          model.map((property) => [property]),
        ),
      typeParametersTable: () => "",
      inheritance: () => "",
      pageTitle: () => this.title(),
    });
  }

  title() {
    const { model } = this.page;
    return model.kindOf(ReflectionKind.Function) ? `${model.name}()` : model.name;
  }

  /** A comment whose errors are one table. */
  comment(model, options, write) {
    const errors = options.showTags === false || options.isTableColumn ? [] : model.getTags("@throws");
    if (errors.length === 0) return write(model, options);
    const rest = model.clone();
    rest.removeTags("@throws");
    const heading = options.headingLevel ? `${"#".repeat(options.headingLevel)} Throws` : "**Throws**";
    const first = options.showSummary === false ? "" : write(rest, { ...options, showTags: false });
    const last = write(rest, { ...options, showSummary: false, showTags: true });
    return [first, heading, this.errors(errors), last].filter(Boolean).join("\n\n");
  }

  errors(tags) {
    const rows = tags.map(({ content }) => {
      const [, name, words] = /^(\w+)\s*([\s\S]*)$/.exec(this.helpers.getCommentParts(content).trim());
      const error = this.page.project.getChildByName(["thalweg", name]);
      const type = error && ReferenceType.createResolvedReference(name, error, this.page.project);
      return [type ? this.partials.someType(type) : `\`${name}\``, cell(this.sanitized(words))];
    });
    return table(["error", "when"], rows);
  }

  /** Escapes what Vue or Markdown would take for a tag. */
  sanitized(text) {
    return text
      .split(/(`[^`]*`)/)
      .map((part, k) => (k % 2 === 1 ? part : part.replace(/[<>{}]/g, "\\$&")))
      .join("");
  }

  /** All signatures with the same words, then these once. */
  callable(signatures, level) {
    const groups = groupsOf(signatures).map((group) => {
      const [{ comment }] = group;
      return [
        code(...group.map((signature) => declared.get(signature))),
        comment && this.partials.comment(comment, { showTags: false }),
        ...this.parameters(group, level),
        ...this.returned(group, level),
        comment && this.partials.comment(comment, { showSummary: false, showTags: true, headingLevel: level }),
      ]
        .filter(Boolean)
        .join("\n\n");
    });
    return groups.join("\n\n---\n\n");
  }

  parameters(signatures, level) {
    const named = new Map();
    for (const parameter of signatures.flatMap(({ parameters = [] }) => parameters)) {
      const found = named.get(parameter.name) ?? { parameter, types: new Set() };
      found.types.add(joined(this.partials.someType(parameter.type)));
      named.set(parameter.name, found);
    }
    if (named.size === 0) return [];
    const rows = [...named.values()].map(({ parameter, types }) => [
      optional(parameter),
      cell([...types].join(" or ")),
      cell(parameter.comment ? this.words(parameter.comment) : (common[parameter.name] ?? "")),
    ]);
    const bags = new Map();
    for (const parameter of signatures.flatMap(({ parameters = [] }) => parameters)) {
      const bag = bagOf(parameter);
      if (bag) bags.set(bag.name, { ...bag, comment: parameter.comment });
    }
    const heading = "#".repeat(level);
    return [
      `${heading} Parameters`,
      table(["parameter", "type", "meaning"], rows),
      ...[...bags.values()].flatMap((bag) => this.optionsOf(bag, heading)),
    ];
  }

  /** Options in the order in which the words of the parameter name them, the others after them. */
  optionsOf({ name, type, comment }, heading) {
    const order = (comment?.summary ?? []).flatMap(({ text }) => text.match(/\w+/g) ?? []);
    const place = ([property]) => (order.includes(property.name) ? order.indexOf(property.name) : order.length);
    const properties = propertiesOf(type).sort((a, b) => place(a) - place(b));
    const isDescribed = properties.some((same) => same.some(commentOf));
    return !isDescribed ? [] : [`${heading} ${name}`, this.properties("option", properties)];
  }

  /** Table of properties; a type with parts, such as a union, may have several of a name. */
  properties(kind, properties) {
    const rows = properties.map((same) => {
      const types = new Set(same.flatMap((property) => this.typesOf(property)));
      if (types.size > 1) types.delete("`never`");
      if (types.has("`boolean`")) for (const literal of ["`true`", "`false`"]) types.delete(literal);
      const property = same.find(({ flags }) => flags.isOptional) ?? same[0];
      const comment = same.map(commentOf).find(Boolean);
      return [this.anchor(property) + optional(property), cell([...types].join(" \\| ")), cell(this.words(comment))];
    });
    return table([kind, "type", "meaning"], rows);
  }

  typesOf(member) {
    if (member.signatures) return [joined(this.partials.functionType(member.signatures))];
    const type = this.helpers.getDeclarationType(member);
    return (type.type === "union" ? type.types : [type]).map((part) => joined(this.partials.someType(part)));
  }

  /** Anchor of a property on the page of its type. */
  anchor(property) {
    const isHere = this.router.hasUrl(property) && this.router.getFullUrl(property).startsWith(`${this.page.url}#`);
    return isHere ? `<a id="${this.router.getAnchor(property)}"></a>` : "";
  }

  /** Words of a comment for the cell of a table. */
  words(comment) {
    return comment ? this.partials.comment(comment, { isTableColumn: true, showTags: false }) : "";
  }

  returned(signatures, level) {
    const types = new Set(signatures.map(({ type }) => joined(this.partials.someType(type))));
    if ([...types].join() === "`void`") return [];
    const tag = signatures[0].comment?.getTag("@returns");
    const words = tag ? `: ${this.sanitized(joined(this.helpers.getCommentParts(tag.content)))}` : "";
    return [`${"#".repeat(level)} Returns`, [...types].join(" or ") + words];
  }

  accessor({ name, getSignature, setSignature }, { headingLevel }) {
    const { comment, type } = getSignature ?? setSignature;
    const keyword = setSignature ? "" : "readonly ";
    return [
      `\`${keyword}${name}\`: ${this.partials.someType(type)}`,
      comment && this.partials.comment(comment, { headingLevel }),
    ]
      .filter(Boolean)
      .join("\n\n");
  }

  alias(model, { headingLevel }) {
    const { comment } = model;
    const properties = propertiesOf(model.type ?? model);
    const heading = "#".repeat(headingLevel);
    const signatures = model.type?.type === "reflection" ? (model.type.declaration.signatures ?? []) : [];
    return [
      comment && this.partials.comment(comment, { showTags: false }),
      code(declared.get(model)),
      properties.length > 0 && `${heading} Properties\n\n${this.properties("property", properties)}`,
      ...signatures.flatMap((signature) => this.parameters([signature], headingLevel)),
      comment && this.partials.comment(comment, { showSummary: false, showTags: true, headingLevel }),
    ]
      .filter(Boolean)
      .join("\n\n");
  }
}

export class ReferenceTheme extends MarkdownTheme {
  getRenderContext(page) {
    return new ReferenceContext(this, page, this.application.options);
  }

  /** Leaves out headings of tables that the pages do not have. */
  render(page) {
    return super.render(page).replace(/^#+ Type Parameters\n+/gm, "");
  }
}
