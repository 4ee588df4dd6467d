using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Terminal;

public sealed class TableSpecs
{
    [Fact]
    public void A_narrow_terminal_does_without_the_columns_that_can_be_spared_first_and_names_them()
    {
        var wide = Shown(width: 60);
        var narrow = Shown(width: 40);

        Assert.Contains("Account", wide, StringComparison.Ordinal);
        Assert.Contains("Ember Energy", wide, StringComparison.Ordinal);
        Assert.Contains("78.6", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("no room", wide, StringComparison.Ordinal);
        Assert.DoesNotContain("Ember Energy", narrow, StringComparison.Ordinal);
        Assert.Contains("acct-0225      7    78.6", narrow, StringComparison.Ordinal);
        Assert.Contains("no room for: its name", narrow, StringComparison.Ordinal);
    }

    private static string Shown(int width)
    {
        using var output = new StringWriter();
        var console = Screen.Of(output, TextWriter.Null).Output;
        console.Profile.Width = width;

        Tables.WriteFitted(
            console,
            [
                new Column("Account", IsText: true),
                new Column("its\nname", IsText: true, Spare: 1),
                new Column("seats", Spare: 2),
                new Column("health"),
            ],
            [
                ["acct-0225", "Ember Energy", "7", "[bold]78.6[/]"],
            ]
        );
        return output.ToString();
    }
}
