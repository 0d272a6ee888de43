// A text to learn from, written for these examples: about the line that follows the lowest points of a valley, the thalweg.

export const river = `\
The river begins as a wet place in the grass. Nobody has ever found the spring. After a week of rain there are twenty springs, and
after a dry month there is none, but the ground is always soft, and a boot that stands there long enough fills with water. From the
wet place a thread of water goes down between the stones. It does not choose its way. At every stone it goes to the side that is
lower, and when both sides are the same it waits, and grows, and goes over.

The old people of the valley say that the water knows the way to the sea. It does not know the sea. It knows only the next step, and
the next step is down. That is enough. A thousand small steps, each of them down, have cut the gorge below the mill, and the gorge is
so deep that the sun stands in it for one hour of the day.

Below the gorge the valley is wide, and the river is slow. Here it has time, and it wanders. It goes to the left side of the valley
and looks at the chalk, and it goes to the right side of the valley and looks at the clay. On the outside of every bend the water is
fast and takes the bank away. On the inside of every bend the water is slow and puts the sand down. So the bends grow, year after
year, until one of them meets another, and the river leaves the long way and takes the short one. The old bend stays behind as a
lake with the shape of a sickle. There are nine of them in the valley. The children swim in the first three, and the others are for
the herons.

In the deepest part of the bed there is a line. You cannot see it, but the men who take the boats down can feel it under the keel.
Where the line is, the water is quiet and dark, and the boat goes by itself. Beside the line the water is loud and bright, and the
boat stands on the stones. My father showed me the line when I was seven. He let go of the oar and said that I should shut my eyes.
The boat turned a little to the left, and then a little to the right, and then it went straight on. There, he said, now you are on
it. The boat will look for it if you let it, for the boat wants to go down as the water does. You must only not be in a hurry. Who
is in a hurry is thrown from one side of the valley to the other, and comes to the sea later than the leaf.

I have thought of that often. When the water is high, the line is not where it was in the summer. The flood cuts a new bed and fills
the old one, and in the spring we go down with long poles and look for the deep places one after the other. We put the pole in and
feel for the ground, and take a step, and put the pole in again. In the narrow part the steps are short, for the walls are steep and
a long step would put us on the stones. In the wide part the steps are long. When we have come the same way for a while we trust it,
and do not stop at every stone. When the ground begins to rise before us we have gone too far, and turn. By the evening we have
found the way to the bridge, and the next morning the boats can go.

There are places where the pole does not help. At the old ford the bed is as flat as a table, and the water stands over it like
glass. Whichever way you go, it is the same depth, and you can walk there all day. My father threw a leaf into the water at such
places, and waited until it moved. It always moved in the end. A ground that is quite flat is rare, he said, most of them only look
so to people who have no patience.

And there are places that are deep and are not the way. Below the mill the water has made a hole behind a rock, and the hole is
deeper than the bed on both sides of it. The first time I came there with the pole I was glad, and thought that I had found the line.
But the water in the hole goes round and round, and what falls into it stays there: the wood, the leaves, the shoe of the miller. A
boat that goes in slowly stays with them. A boat that comes with some speed is carried over the edge, and is on its way again before
the water has noticed. So it is good to be slow, said my father, and it is good not to be too slow, and it is the river that teaches
you which.

At the end of the valley the hills go back on both sides, and the river goes into the plain. There it has no more stones to go
around, and it carries what it has taken from the mountain: the sand, the clay and the chalk. It puts them down in the wide water
before the sea. Every year the land is a little longer there, and every year the river has a little farther to go. The water that
comes to the sea is quiet. It has gone down all the steps that there were, and there is no other step to take. Then the sun takes it
up, and the wind brings it to the mountain, and it begins again as a wet place in the grass.
`.replaceAll(/(?<!\n)\n(?!\n)/g, " ");
