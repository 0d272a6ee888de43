// Entry of the feature set "whole": everything.

export * from "./dense";
export * from "./inspector";
export * from "./registrations";
export * from "./solvers";
