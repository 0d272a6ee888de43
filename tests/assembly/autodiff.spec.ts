// The floor of derivatives: the reverse walk on small graphs against closed forms.

import "./cases/reverse";
import "./cases/parts";
