using System.Text;
using Scoring.Core.Listing;

namespace Scoring.Core.Tests.Listing;

/// <summary>Customers in order, of whom only so many are kept.</summary>
public sealed class IdListSpecs
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_list_that_is_cut_on_the_way_has_the_first_of_all_and_knows_how_many_there_were(bool falling)
    {
        const int Kept = 40;
        var random = new Random(5);
        var list = new IdList(byId: false, falling);
        var all = new List<(double? Value, string Id)>();
        for (var i = 0; i < 1_000; i++)
        {
            // Many are equal, some have none.
            (double? Value, string Id) item = (
                random.Next(8) == 0 ? null : random.Next(-20, 20),
                $"c{random.Next()}-{i}"
            );
            all.Add(item);
            list.Add(Encoding.UTF8.GetBytes(item.Id), item.Value);
            if (i % 100 == 99)
            {
                list.Cut(Kept);
            }
        }

        var inOrder = all.OrderBy(item => item.Value is null)
            .ThenBy(item => falling ? -item.Value : item.Value)
            .ThenBy(item => item.Id, StringComparer.Ordinal)
            .Select(item => item.Id);
        Assert.Equal(inOrder.Take(Kept), list.Page(0, Kept));
        Assert.Equal((Kept, 1_000), (list.Count, list.Total));
    }
}
