using Scoring.Core.Lifecycles;

namespace Scoring.Core.Tests.Lifecycles;

/// <summary>What settings of a lifecycle may be.</summary>
public sealed class LifecycleSettingsSpecs
{
    [Fact]
    public void What_is_out_of_its_range_is_named()
    {
        Assert.Null(new LifecycleSettings().Fault);
        Assert.Contains("NewDays", new LifecycleSettings { NewDays = -1 }.Fault, StringComparison.Ordinal);
        Assert.Contains("DormantDays", new LifecycleSettings { DormantDays = 0 }.Fault, StringComparison.Ordinal);
        var both = new LifecycleSettings { EndingEventTypes = ["a"], ReturningEventTypes = ["a"] };
        Assert.Contains("'a'", both.Fault, StringComparison.Ordinal);
    }
}
