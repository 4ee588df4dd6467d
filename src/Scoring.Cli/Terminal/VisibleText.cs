using Scoring.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Scoring.Cli.Terminal;

/// <summary>
/// Shows characters that nobody sees, and that a terminal would obey, as what they are: texts come from servers and files, and whoever wrote them is not who
/// reads them. What the program itself says to the terminal, colours and the place of the cursor, is not text and passes.
/// </summary>
internal sealed class VisibleText : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(renderable => new Shown(renderable));

    private sealed class Shown(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(Show);

        private static Segment Show(Segment segment) =>
            !segment.IsControlCode && UnseenCharacters.AreIn(segment.Text) && !segment.IsLineBreak
                ? new Segment(UnseenCharacters.Show(segment.Text), segment.Style)
                : segment;
    }
}
