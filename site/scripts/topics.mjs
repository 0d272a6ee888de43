// TypeDoc's plugin for the reference: a page a member, in a folder named after the room of bindings/ that declares it, types
// apart in `types/`.

import { Converter, ReflectionKind } from "typedoc";
import { MemberRouter } from "typedoc-plugin-markdown";
import { declareSignature, declareType, importOf, ReferenceTheme } from "./members.mjs";

const declarations = "dist/types/bindings/";

/** Rooms whose members stand with those of another. */
const together = { hosts: "engine" };

/** Room of bindings/ in which the declaration of a reflection stands. */
export function topicOf(reflection) {
  const file = reflection.project.getSymbolIdFromReflection(reflection)?.fileName?.replaceAll("\\", "/") ?? "";
  const [room] = file.slice(file.indexOf(declarations) + declarations.length).split("/");
  return together[room] ?? room;
}

export const isType = (reflection) => reflection.kindOf([ReflectionKind.Interface, ReflectionKind.TypeAlias]);

class TopicRouter extends MemberRouter {
  shouldWritePage(reflection) {
    return !reflection.kindOf(ReflectionKind.Module);
  }

  getIdealBaseName(reflection) {
    if (reflection.kindOf(ReflectionKind.Module)) return "index";
    return `${topicOf(reflection)}/${isType(reflection) ? "types/" : ""}${reflection.name}`;
  }
}

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_SIGNATURE, (_, signature, node) => {
    if (node) declareSignature(signature, node);
  });
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.kindOf(ReflectionKind.TypeAlias))
      declareType(reflection, context.getSymbolFromReflection(reflection).declarations[0]);
  });
  // Errors have the constructors of the host's, and words of their own.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const member of project.getReflectionsByKind(ReflectionKind.Constructor))
      if (member.inheritedFrom) project.removeReflection(member);
  });
  app.renderer.markdownHooks.on("content.begin", ({ page }) => importOf(page.model));
  app.renderer.defineRouter("topics", TopicRouter);
  app.renderer.defineTheme("reference", ReferenceTheme);
}
