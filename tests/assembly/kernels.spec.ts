import "./cases/exponential";
